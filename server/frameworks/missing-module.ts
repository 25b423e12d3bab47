/** Modules that are in a distribution of another name. */
const DISTRIBUTIONS: Record<string, string> = {
  PIL: 'pillow',
  bs4: 'beautifulsoup4',
  cv2: 'opencv-python-headless',
  dateutil: 'python-dateutil',
  dotenv: 'python-dotenv',
  sklearn: 'scikit-learn',
  skimage: 'scikit-image',
  yaml: 'pyyaml'
};

export interface MissingModule {
  module: string;
  /** What `pip install` most likely calls it. */
  distribution: string;
}

/** The module that an exception says is missing; null for any other exception. */
export function missingModule(summary: string): MissingModule | null {
  const module = /^ModuleNotFoundError: No module named '([\w.]+)'/.exec(summary)?.[1];
  if (!module) {
    return null;
  }
  const first = module.split('.')[0] ?? module;
  const distribution = Object.hasOwn(DISTRIBUTIONS, first) ? DISTRIBUTIONS[first] : undefined;
  return { module, distribution: distribution ?? first.replaceAll('_', '-') };
}
