import { useCommandStore } from '../../store/command.ts'
import { useViewStore } from '../../store/view.ts'
import { volumeText } from '../../text/english/volume.ts'

export interface ViewCommandOptions {
  readonly reset: () => void
  readonly lookAlong: (axis: 0 | 1 | 2, fromBehind?: boolean) => void
  readonly picture: () => void
  readonly menu: (id: string) => void
  readonly items: () => readonly { readonly id: string; readonly label: string; readonly disabled?: boolean }[]
}

/** What a viewer adds to the palette while it is there; letters are heard on the stage itself. */
export function useViewCommands({ reset, lookAlong, picture, menu, items }: ViewCommandOptions): void {
  const commands = useCommandStore()
  const { settings, commit } = useViewStore()
  const group = volumeText.page
  const edit = (change: () => void) => (): void => {
    change()
    commit(volumeText.changed.display)
  }
  const add = (id: string, title: string, run: () => unknown, when?: () => boolean): void => void commands.register({ id: `volume.${id}`, title, group, run, ...(when ? { when } : {}) })

  add('reset', volumeText.reset, reset)
  for (const [axis, name] of ['x', 'y', 'z'].entries()) add(`along-${name}`, volumeText.viewAlong(name), () => lookAlong(axis as 0 | 1 | 2))
  for (const mode of ['surface', 'slices', 'cloud'] as const) add(mode, volumeText.drawAs(volumeText[mode]), edit(() => (settings.mode = mode)))
  add('orthographic', volumeText.toOrthographic, edit(() => (settings.parallel = true)), () => !settings.parallel)
  add('perspective', volumeText.toPerspective, edit(() => (settings.parallel = false)), () => settings.parallel)
  for (const background of ['dark', 'light', 'transparent'] as const) add(`background-${background}`, volumeText.withBackground(volumeText.backgrounds[background]), edit(() => (settings.background = background)))
  add('picture', volumeText.picture, picture)
  for (const { id, label } of items()) add(id, label, () => menu(id), () => items().find((one) => one.id === id)?.disabled !== true)
}
