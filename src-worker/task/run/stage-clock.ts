/** Wall-clock seconds of named steps. */
export class StageClock {
  readonly seconds: Record<string, number> = {}

  async time<T>(name: string, work: () => Promise<T>): Promise<T> {
    const began = performance.now()
    const value = await work()
    this.seconds[name] = (this.seconds[name] ?? 0) + (performance.now() - began) / 1000
    return value
  }
}
