"""The window: the only room that knows Qt. `cnnsim.app.main.run_app` opens it."""
