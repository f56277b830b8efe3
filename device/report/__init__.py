"""The report of a run: one HTML file for the runner and the physiotherapist.  docs/report.md describes it.

``material`` reads what it tells from the database, ``figures`` makes numbers of it (pure), ``words`` sentences (pure),
``poses`` finds the strides to show, ``plots`` draws with matplotlib, and ``page`` puts all into one file.
"""
