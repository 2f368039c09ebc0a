"""The sample district 临平 2023: invented people and figures around one real report, built from the form."""
