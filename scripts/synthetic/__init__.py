"""A rendered runner on a treadmill, with the truth of every frame beside the pictures.

The way of the data is the layout::

    clips  →  gait + faults  →  posing  →  skeleton (on a body)  →  outfit, scene  →  painter  →  film
    Clip      GaitState         BonePose    posed mesh               triangles         frames      MP4
                                                  └──────────────→  truth  ──────────────────────→  JSON

Axes everywhere: right-handed, metres; **x grows to the runner's left, y to behind the runner, z upwards**; the runner
faces −y and the floor is z = 0.  A rotation about x by a positive angle therefore leans the trunk forward and points
the toes down; a rotation about z by a positive angle turns the runner to his or her own left.

Modules that need the development extra (anny, torch, moderngl, av) import it only inside their functions, so that the
pure parts can be imported and tested without it.
"""
