"""What a browser shows: the agencies' reports, the folder for the portal, and the coordinator's page."""
