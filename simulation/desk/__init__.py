"""The world: policies fall due, customers ask and decide, people do one thing after another, and a record is kept."""
