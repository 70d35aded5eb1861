/** Every sentence of the volume viewer. */
export const volumeText = {
  // Loading
  notLoaded: (status: number): string => `The map could not be loaded (the service answered ${status}).`,
  wrongSize: (found: number, expected: number): string => `The map came with ${found} bytes where ${expected} were expected.`,
  loading: (title: string): string => `Loading ${title}`,
  binned: (side: string, limit: string): string => `Shown binned to ${side}: the map has more than ${limit} voxels.`,
  loadAll: 'Load all voxels',
  noWebgl: 'This browser draws no WebGL 2; maps can be looked at as slices only.',
  lost: 'The graphics context was lost. The picture is being made again.',
  retry: 'Try again',

  // Page
  page: 'Viewer',
  emptyTitle: 'No map to look at',
  emptyText: 'Choose one or more maps of the project, or import one.',
  chooseMap: 'Add a map',
  toProject: 'Go to the project',

  // Modes
  mode: 'Way of drawing',
  surface: 'Surface',
  slices: 'Slices',
  cloud: 'Volume',
  drawAs: (mode: string): string => `Draw as ${mode.toLowerCase()}`,
  withBackground: (name: string): string => `${name} background`,
  layout: 'Arrangement',
  over: 'Overlay',
  side: 'Side by side',
  panelShow: 'Show the controls',
  panelHide: 'Hide the controls',

  // Camera
  viewAlong: (axis: string): string => `View along ${axis}`,
  reset: 'Reset the view',
  perspective: 'Perspective',
  orthographic: 'Orthographic',
  toPerspective: 'Orthographic: switch to perspective',
  toOrthographic: 'Perspective: switch to orthographic',
  stage: (titles: string): string =>
    `Three-dimensional view of ${titles}. Arrow keys turn, with Shift in small steps; plus and minus zoom; X, Y and Z look along an axis; Page Up and Page Down change the level; R resets.`,

  // Maps
  maps: 'Maps',
  show: (title: string): string => `Show ${title}`,
  hide: (title: string): string => `Hide ${title}`,
  colorOf: (title: string): string => `Colour of ${title}`,
  opacity: 'Opacity',
  choose: (title: string): string => `Set the level of ${title}`,
  takeAway: (title: string): string => `Take ${title} out of the view`,
  truth: 'truth',
  result: 'result',

  // Level
  level: 'Level',
  levelOf: (title: string): string => `Level of ${title}`,
  absolute: 'Absolute',
  sigma: 'Above mean',
  sigmaUnit: 'σ',
  enclosed: 'Enclosed',
  enclosedUnit: '%',
  histogram: (title: string): string => `Level on the histogram of ${title}`,
  histogramHelp: 'Drag, or use the arrow keys; Shift is finer.',
  histogramAxis: 'voxels (log)',
  resetLevel: (rule: string): string => `Default: ${rule}`,
  rule: { 'one-percent': '1 % of voxels', emdb: 'recommended by EMDB' },
  encloses: (volume: string, mass: string): string => `Encloses ${volume} Å³, about ${mass} of protein`,
  triangles: (count: string): string => `${count} triangles`,

  // Display
  display: 'Display',
  background: 'Background',
  backgrounds: { dark: 'Dark', light: 'Light', transparent: 'Transparent' },
  scaleBar: 'Scale bar',
  axes: 'Axes',
  caption: 'Caption',
  centred: 'Put the centres of the boxes together',
  apart: (distance: string, unit: string): string => `The files put them ${distance} ${unit} apart.`,
  dust: 'Hide parts smaller than',
  dustOff: 'off',
  clip: 'Clip plane',
  clipAxis: 'Clip along',
  clipPosition: 'Position of the clip plane',
  clipFlip: 'Cut the other side',
  clipAxes: { x: 'x', y: 'y', z: 'z', view: 'Line of sight' },

  // Slices
  slice: (axis: string): string => `Slice along ${axis}`,
  sliceNumber: (axis: string, index: number, count: number): string => `${axis} ${index + 1} / ${count}`,
  slicePlane: (axis: string): string => `Plane across ${axis}; click to move the other planes here`,
  brightness: 'Grey at',
  contrast: 'From black to white',

  // Making things
  more: 'More',
  picture: 'Save a picture',
  pictureTitle: 'Save a picture',
  pictureText: 'A PNG of what is shown, with as many pixels as you like.',
  pictureSize: 'Size',
  pictureScale: (scale: number, width: number, height: number): string => `${scale}× (${width} × ${height})`,
  pictureTransparent: 'Transparent background',
  pictureCaption: 'Caption with level and voxel size',
  save: 'Save',
  cancel: 'Cancel',
  close: 'Close',
  flipHand: 'Flip the hand',
  flipped: (name: string): string => `The mirrored map is ${name}.`,
  difference: 'Difference map',
  differenceMade: (name: string): string => `The difference is ${name}.`,
  chimerax: 'Open in ChimeraX',
  chimeraxTitle: 'ChimeraX session',
  chimeraxFolder: 'Written to',
  chimeraxDownload: 'Download',
  chimeraxOpened: 'ChimeraX was started with it.',

  // Undo
  changed: {
    level: 'Level',
    color: 'Colour',
    opacity: 'Opacity',
    visible: 'Show or hide a map',
    display: 'Display settings',
    clip: 'Clip plane',
    dust: 'Dust',
    mode: 'Way of drawing',
  },

  /** Under a picture. */
  captionOf: (title: string, level: string, sigma: string, enclosed: string, voxel: string): string => `${title}: level ${level} (${sigma} σ, ${enclosed} %), ${voxel}`,
  voxelSize: (angstrom: string | null): string => (angstrom === null ? 'voxel size unknown' : `${angstrom} Å per voxel`),
  unit: (angstrom: boolean): string => (angstrom ? 'Å' : 'voxels'),
  previewLabel: 'Present state of the map; drag to turn',
}
