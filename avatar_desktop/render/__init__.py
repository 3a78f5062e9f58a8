"""An Avatar, a Pose and a View become pixels in the framebuffer that is given."""
