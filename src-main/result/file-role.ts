/** What the files of jobs are, by their names: tasks always write the same ones. */
const ROLES: readonly (readonly [RegExp, string])[] = [
  [/(^|\/)(refined|volume)\.mrc$/, 'map'],
  [/half-a\.mrc$/, 'half-map 1'],
  [/half-b\.mrc$/, 'half-map 2'],
  [/aligned\.mrc$/, 'map, aligned'],
  [/start-\d+\.mrc$/, 'another start'],
  [/uncertainty\.(mrc|json)$/, 'uncertainty'],
  [/truth\.(mrc|json)$/, 'truth'],
  [/fsc[\w-]*\.(star|xml|csv|svg)$/, 'Fourier shell correlation'],
  [/poses\.star$/, 'poses'],
  [/particles\.star$/, 'particles'],
  [/particles\.mrcs$/, 'images'],
  [/views\.json$/, 'viewing distribution'],
  [/moments\.h5$/, 'moments'],
  [/report\.html$/, 'report'],
  [/\.unfinished$/, 'unfinished'],
]

/** A word for a file of a job. */
export function roleOfFile(name: string): string {
  return ROLES.find(([pattern]) => pattern.test(name))?.[1] ?? 'file'
}
