"""Phantoms: cross-sections that look a little like CT, made of ellipses, some of them lesions.

Values are Hounsfield units, 64 x 64 pixels of 2 mm. A body with fat around it holds organs of soft tissue; up to three small lesions are mostly
denser than what they lie in. Noise is added to every pixel. No patient is in them.
"""

import numpy as np

SIDE, SPACING = 64, (2.0, 2.0)
AIR, FAT, NOISE = -1000.0, -90.0, 20.0


def ellipse(centre, radii, angle):
    """The pixels inside of an ellipse."""
    rows, columns = np.mgrid[0:SIDE, 0:SIDE].astype(np.float64)
    down, right = rows - centre[0], columns - centre[1]
    along = down * np.cos(angle) + right * np.sin(angle)
    across = right * np.cos(angle) - down * np.sin(angle)
    return (along / radii[0]) ** 2 + (across / radii[1]) ** 2 <= 1


def phantom(random):
    """One image in Hounsfield units and the mask of its lesions."""
    image = np.full((SIDE, SIDE), AIR)
    centre, radii = random.uniform(29, 35, 2), random.uniform(22, 28, 2)
    tilt = random.uniform(0, np.pi)
    body = ellipse(centre, radii, tilt)
    image[body] = FAT
    inside = ellipse(centre, radii - 2.5, tilt)
    image[inside] = random.uniform(20, 50)
    for _ in range(random.integers(3, 7)):
        place, size = centre + random.uniform(-14, 14, 2), random.uniform(3, 9, 2)
        image[ellipse(place, size, random.uniform(0, np.pi)) & inside] = random.uniform(-20, 100)
    mask = np.zeros((SIDE, SIDE), bool)
    for _ in range(random.integers(0, 4)):
        place, size = centre + random.uniform(-15, 15, 2), random.uniform(2.0, 5.0, 2)
        lesion = ellipse(place, size, random.uniform(0, np.pi)) & inside
        # One density over all that the lesion lies in, so that its rim is not the organ's.
        image[lesion] = random.uniform(90, 150)
        mask |= lesion
    image += random.normal(0, NOISE, image.shape)
    return np.rint(image).clip(-1024, 3071).astype(np.int16), mask


def phantoms(seed, count):
    """So many images `[N, 1, 64, 64]` (int16) and masks of the same shape (bool)."""
    random = np.random.default_rng(seed)
    images, masks = zip(*(phantom(random) for _ in range(count)))
    return np.stack(images)[:, None], np.stack(masks)[:, None]
