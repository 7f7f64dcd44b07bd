"""Long work: one module per noun with its handlers, and the engine that runs them; handlers call services."""
