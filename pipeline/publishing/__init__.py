"""What goes out: workbooks, summaries, documents, pages and letters, as bytes."""
