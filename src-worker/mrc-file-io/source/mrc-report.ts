/** One thing worth knowing about a file. */
export interface MrcRemark {
  /** The header field or part of the file. */
  readonly field: string
  /** One sentence: what was found, and what was made of it. */
  readonly text: string
  /** `note`: allowed by MRC2014; `oddity`: breaks it, repaired or ignored here and refused in strict mode. */
  readonly severity: 'note' | 'oddity'
}

/** Collects remarks while a file is interpreted. */
export class MrcReport {
  readonly remarks: MrcRemark[] = []

  /** Legal but worth saying. */
  note(field: string, text: string): void {
    this.remarks.push({ field, text, severity: 'note' })
  }

  /** Against the standard, repaired or ignored. */
  oddity(field: string, text: string): void {
    this.remarks.push({ field, text, severity: 'oddity' })
  }

  /** All sentences, oddities first. */
  get sentences(): string[] {
    const ordered = [...this.remarks].sort((a, b) => Number(a.severity === 'note') - Number(b.severity === 'note'))
    return ordered.map((remark) => remark.text)
  }
}
