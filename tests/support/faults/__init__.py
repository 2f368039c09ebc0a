"""The fault bench: consistent reports of varied size go in, one fault is planted in each, and what judging says is scored.

``reports`` makes the reports, ``figures``, ``history``, ``words``, ``entries`` and ``files`` hold the kinds of fault,
``bench`` plants, judges and scores. A test runs a few seeds, ``python -m benchmarks faults`` many.
"""
