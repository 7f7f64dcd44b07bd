"""The dialect of DataRobot's API v2 (see docs/dialects/datarobot.md): credentials and names in, one service call, names out."""
