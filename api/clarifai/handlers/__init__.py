"""The RPCs, a module for each noun: functions from a call and the vendor's request to the vendor's response."""
