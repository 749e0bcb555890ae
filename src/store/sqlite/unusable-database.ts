/** The database file is not ours, newer than we know, damaged, or held by another process. Nothing was changed in it. */
export class UnusableDatabase extends Error {
  override readonly name: string = 'UnusableDatabase'
}

/** Another process has it open. */
export class DatabaseInUse extends UnusableDatabase {
  override readonly name = 'DatabaseInUse'

  constructor(file: string, holder = 'another process') {
    super(`${file} is in use by ${holder}`)
  }
}
