"""Objects as Coactive names them, a module for each noun."""
