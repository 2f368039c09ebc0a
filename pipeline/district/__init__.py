"""Who reports: a district folder, its settings, its roster, and the form as it binds this district."""
