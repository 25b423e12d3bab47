"""The image of the container that a dashboard runs in."""

# What KubeSpawner tells the container of its image.
VARIABLES = ("JUPYTER_IMAGE", "JUPYTER_IMAGE_SPEC")


def pin_image(container, image):
    """Gives a container this image, whatever profiles have made of it; None: the one that it has."""
    if not image:
        return
    container.image = image
    for variable in container.env or []:
        if variable.name in VARIABLES:
            variable.value = image
