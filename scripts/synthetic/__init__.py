"""Rendered runners on a treadmill, with the truth of every frame beside the pictures.

The way of the data is the layout::

    description → performance (gait, faults, activities → posing) → skeleton of a body → painter → optics → film
    Clip          Moments                                           posed mesh           pictures            MP4
                                                                        └── measures → truth ──────────────→ JSON

``clips`` are those that ship, ``matrix`` those of the scorecard, ``draw`` what they draw by lot; ``checking`` reads and
refuses descriptions, ``template`` shows them.  ``docs/treadmill.md`` tells where a new fault, body or nuisance goes.

Axes everywhere: right-handed, metres; **x grows to the runner's left, y to behind the runner, z upwards**; the runner
faces −y and the floor is z = 0.  A rotation about x by a positive angle therefore leans the trunk forward and points
the toes down; a rotation about z by a positive angle turns the runner to his or her own left.

Modules that need the development extra (moderngl, av) import it only inside their functions, so that all but the
painting can be imported and tested without it.
"""
