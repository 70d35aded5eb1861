/** What a file that is not MRC seems to be, from its first bytes, in words. */
export function foreignContent(head: Uint8Array): string | undefined {
  const ascii = String.fromCharCode(...head.subarray(0, 64))
  const signatures: readonly (readonly [boolean, string])[] = [
    [ascii.startsWith('\x89PNG'), 'a PNG image'],
    [ascii.startsWith('\xff\xd8\xff'), 'a JPEG image'],
    [ascii.startsWith('II*\0') || ascii.startsWith('MM\0*'), 'a TIFF image'],
    [ascii.startsWith('II+\0') || ascii.startsWith('MM\0+'), 'a BigTIFF image'],
    [ascii.startsWith('\x89HDF'), 'an HDF5 file'],
    [ascii.startsWith('PK\x03\x04'), 'a ZIP archive'],
    [ascii.startsWith('%PDF'), 'a PDF document'],
    [ascii.startsWith('\x93NUMPY'), 'a numpy array (perhaps a cryoSPARC .cs file)'],
    [ascii.startsWith('\x28\xb5\x2f\xfd'), 'zstd-compressed data'],
    [ascii.startsWith('\xfd7zXZ'), 'xz-compressed data'],
    [/^[\s]*(#.*|data_|loop_)/.test(ascii) && /^[\x09-\x7e]*$/.test(ascii), 'a text file (perhaps a STAR file)'],
    [head.length > 0 && /^[\x09\x0a\x0d\x20-\x7e]*$/.test(ascii), 'a text file'],
  ]
  return signatures.find(([match]) => match)?.[1]
}
