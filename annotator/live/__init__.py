"""Live updates over WebSocket: the poller that reads events, the consumer, presence. Nothing here is stored."""
