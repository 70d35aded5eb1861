/** Sentences of the controls themselves. */
export const control = {
  close: 'Close',
  cancel: 'Cancel',
  rename: 'Rename',
  name: 'Name',
  more: 'More actions',
  empty: 'empty',
  notANumber: 'This is not a number.',
  outsideRange(min: number | undefined, max: number | undefined, unit: string | undefined): string {
    const tail = unit ? ` ${unit}` : ''
    if (min !== undefined && max !== undefined) return `Between ${min} and ${max}${tail}, please.`
    return min !== undefined ? `At least ${min}${tail}, please.` : `At most ${max}${tail}, please.`
  },
}
