"""What the coach tells a message broker (MQTT), if its owner wants that.  docs/mqtt.md describes it all."""
