/** "8 s", "2 min 05 s", "1 h 12 min", "3 d 4 h". **Units**: seconds. */
export function durationText(seconds: number | undefined): string {
  if (seconds === undefined || !Number.isFinite(seconds)) return '–'
  const whole = Math.max(Math.round(seconds), 0)
  if (seconds < 10 && seconds > 0 && whole !== seconds) return seconds < 0.95 ? '< 1 s' : `${seconds.toFixed(1)} s`
  if (whole < 60) return `${whole} s`
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`
  const minutes = Math.round(whole / 60)
  if (minutes < 1440) return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`
  const hours = Math.round(minutes / 60)
  return `${Math.floor(hours / 24)} d ${hours % 24} h`
}

/** What a running job says is left, the same wherever it is shown: no more exact than it can be. */
export function timeLeft({ secondsLeft }: { readonly secondsLeft?: number | undefined }): string | undefined {
  if (secondsLeft === undefined) return undefined
  const grain = secondsLeft < 60 ? 1 : secondsLeft < 600 ? 5 : 60
  return durationText(Math.max(Math.ceil(secondsLeft / grain) * grain, 1))
}

/** Today "14:05", else "20 Nov 14:05", with the year where it is another. */
export function momentText(time: string, now: Date = new Date()): string {
  const date = new Date(time)
  const clock = date.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })
  if (date.toDateString() === now.toDateString()) return clock
  const day = date.toLocaleDateString('en-GB', { day: 'numeric', month: 'short', ...(date.getFullYear() === now.getFullYear() ? {} : { year: 'numeric' }) })
  return `${day} ${clock}`
}

/** Seconds from one time to another (or now). */
export function secondsBetween(from: string | undefined, to: string | undefined, now: Date = new Date()): number | undefined {
  if (from === undefined) return undefined
  return Math.max((to === undefined ? now.getTime() : new Date(to).getTime()) - new Date(from).getTime(), 0) / 1000
}
