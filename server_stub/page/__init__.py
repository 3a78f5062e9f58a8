"""The operator's page: what the server does now, and a console to try it."""
