"""A token game over a drawing: what BPMN says happens, worked out without the engine's library."""
