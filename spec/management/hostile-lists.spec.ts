/** Filters of long lists that are made to take long. */
import { LongList } from '../../src/management/json'
import { type Listing, listed, type PagingQuery } from '../../src/management/paging'

const queues = Array.from({ length: 1000 }, (_, index) => `${'a'.repeat(40)}${index}`)

function listing(): { readonly all: Listing<string>; pauses: number } {
  const counted = {
    pauses: 0,
    all: {
      items: queues,
      name: (name: string) => name,
      view: (name: string) => ({ name }),
      pause: async () => {
        counted.pauses++
      },
    },
  }
  return counted
}

const filtered = (name: string): PagingQuery => ({ page: '1', use_regex: 'true', name })

describe('a list that is filtered by a pattern', () => {
  it('lets others have their turn while it is looked through', async () => {
    const counted = listing()
    const page = await listed(counted.all, filtered('(a?){200}999$'))
    expect(page).toMatchObject({ filtered_count: 1, items: [{ name: `${'a'.repeat(40)}999` }] })
    expect(counted.pauses).toBe(15)
  })

  it.each(['(a?){300}x', '((a{20}){20}){20}', 'a'.repeat(1025)])(
    'refuses what takes too many steps',
    async name => {
      await expect(listed(listing().all, filtered(name))).rejects.toMatchObject({
        status: 400,
        reason: 'Pagination parameters are invalid',
      })
    },
  )

  it('is the whole list where none is asked for', async () => {
    expect(await listed(listing().all, {})).toBeInstanceOf(LongList)
  })
})

describe('a list that is sorted by a field', () => {
  it('is in some order also where peers decide what the field holds', async () => {
    const fields = [
      { toString: 1 },
      Object.assign(Object.create(null), { k: 2n }),
      [Object.create(null)],
      null,
      'a',
      1,
    ]
    const all = { items: fields, name: String, view: (field: unknown) => ({ field }) }
    const sorted = (await listed<unknown>(all, { sort: 'field' })) as { field: unknown }[]
    expect(sorted.map(({ field }) => field)).toEqual([1, null, fields[1], fields[0], fields[2], 'a'])
  })
})
