"""Which files of a campaign are to be judged, and as whose; ``sorting_out.py`` joins what its other modules say."""
