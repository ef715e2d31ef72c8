import { beforeEach, describe, expect, test, vi } from 'vitest'
import { nextTick, ref } from 'vue'
import { Problem } from '@/api/problem'
import type { ReadSchedule, Schedule } from '@/api/schedules'
import { printJson, readJson, type JsonObject } from '@/lib/lossless'
import { useScheduleForm } from './useScheduleForm'

const api = vi.hoisted(() => ({ create: vi.fn(), edit: vi.fn(), read: vi.fn() }))
vi.mock('@/api/schedules', () => ({
  usePreview: () => ({ data: ref(null), error: ref(null), isFetching: ref(false) }),
  useCreateSchedule: () => ({ mutateAsync: api.create, isPending: ref(false) }),
  useEditSchedule: () => ({ mutateAsync: api.edit, isPending: ref(false) }),
  useReadSchedule: () => api.read,
}))

const schedule = (change: Partial<Schedule> = {}): Schedule => ({
  name: 'nightly',
  type: 'report',
  queue: 'default',
  cron: '0 2 * * *',
  timezone: 'UTC',
  words: '',
  priority: 'normal',
  max_retries: null,
  timeout: null,
  tags: [],
  catch_up: 'latest',
  catch_up_window: 86_400,
  catch_up_limit: 100,
  overlap: 'allow',
  jitter: 0,
  starts_at: null,
  ends_at: null,
  paused: false,
  paused_at: null,
  paused_by: null,
  source: 'api',
  dropped_at: null,
  version: 1,
  due_after: '2026-03-02T01:00:00Z',
  next_at: null,
  last_run: null,
  created_at: '2026-03-02T01:00:00Z',
  updated_at: '2026-03-02T01:00:00Z',
  payload: readJson('{"id": 12345678901234567890}') as JsonObject,
  ...change,
})
const opened = (): ReadSchedule => ({ schedule: schedule(), etag: '"1"' })
const sent = () => {
  const given = api.edit.mock.lastCall?.[0] as { etag: string; changes: JsonObject }
  return `${given.etag} ${printJson(given.changes, 0)}`
}

beforeEach(() => Object.values(api).forEach((mock) => mock.mockReset()))

describe('a new schedule', () => {
  test('is not sent before it has a type and a cron; then all of it is', async () => {
    const { draft, wrongs, save } = useScheduleForm(null)
    expect(wrongs.value).toEqual({})
    expect(await save()).toBeNull()
    expect(Object.keys(wrongs.value)).toEqual(['type', 'cron'])
    expect(api.create).not.toHaveBeenCalled()

    Object.assign(draft.value, { type: 'report', cron: '@daily', payload: '{"id": 12345678901234567890}' })
    api.create.mockResolvedValue(schedule())
    expect(await save()).toMatchObject({ name: 'nightly' })
    expect(printJson(api.create.mock.lastCall?.[0] as JsonObject, 0)).toContain(
      '"payload":{"id":12345678901234567890}',
    )
  })

  test('that is refused says so at its fields until they change', async () => {
    const { draft, wrongs, complaints, save } = useScheduleForm(null)
    Object.assign(draft.value, { type: 'report', cron: '@daily', name: 'taken' })
    api.create.mockRejectedValue(new Problem(409, { code: 'schedule_exists', detail: 'taken already' }))
    expect(await save()).toBeNull()
    expect(wrongs.value).toEqual({ name: ['taken already'] })
    draft.value.name = 'free'
    await nextTick()
    expect(wrongs.value).toEqual({})

    api.create.mockRejectedValue(new Problem(503, { code: 'database_unavailable', detail: 'away' }))
    expect(await save()).toBeNull()
    expect(complaints.value).toEqual(['away'])
  })
})

describe('a change', () => {
  test('of nothing is not sent', async () => {
    const { save, isTouched } = useScheduleForm(opened())
    expect(isTouched.value).toBe(false)
    expect(await save()).toMatchObject({ name: 'nightly' })
    expect(api.edit).not.toHaveBeenCalled()
  })

  test('says only what differs, for what was read', async () => {
    const { draft, save, isTouched } = useScheduleForm(opened())
    draft.value.cron = '0 3 * * *'
    expect(isTouched.value).toBe(true)
    api.edit.mockResolvedValue(schedule())
    await save()
    expect(sent()).toBe('"1" {"cron":"0 3 * * *"}')
  })

  test.each([
    ['kept', true, '"2" {"cron":"0 3 * * *"}'],
    ['dropped', false, null],
  ])("that meets somebody else's shows it, and is %s", async (_, isKept, then) => {
    const { draft, conflict, settle, save } = useScheduleForm(opened())
    draft.value.cron = '0 3 * * *'
    api.edit.mockRejectedValueOnce(new Problem(412, { code: 'schedule_changed', detail: 'changed' }))
    api.read.mockResolvedValue({
      schedule: schedule({ cron: '0 4 * * *', queue: 'theirs', paused: true }),
      etag: '"2"',
    })
    expect(await save()).toBeNull()
    expect(conflict.value?.pause).toBe('paused')
    expect(conflict.value?.theirs).toEqual([
      { field: 'cron', before: '0 2 * * *', after: '0 4 * * *', mine: '0 3 * * *' },
      { field: 'queue', before: 'default', after: 'theirs', mine: null },
    ])

    settle(isKept)
    expect(conflict.value).toBeNull()
    expect(draft.value.queue).toBe('theirs')
    api.edit.mockReset().mockResolvedValue(schedule())
    await save()
    expect(api.edit.mock.calls.length === 0 ? null : sent()).toBe(then)
  })
})
