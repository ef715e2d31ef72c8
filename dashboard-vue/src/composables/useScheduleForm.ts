import { refDebounced } from '@vueuse/core'
import { computed, ref, shallowRef, watchEffect } from 'vue'
import { isProblem } from '@/api/client'
import {
  useCreateSchedule,
  useEditSchedule,
  usePreview,
  useReadSchedule,
  type Preview,
  type PreviewRequest,
  type ReadSchedule,
  type Schedule,
} from '@/api/schedules'
import {
  carryOver,
  changesOf,
  differing,
  draftOf,
  fieldOf,
  newDraft,
  writeDraft,
  type DraftField,
  type ScheduleDraft,
  type Wrong,
} from '@/lib/schedule-draft'
import { ownZone } from '@/lib/zones'
import { usePreferences } from './usePreferences'

export interface Conflict {
  now: ReadSchedule
  /** mine: what was written here; null: nothing. */
  theirs: { field: DraftField; before: string; after: string; mine: string | null }[]
  pause: 'paused' | 'resumed' | null
}

const PAUSE_MILLISECONDS = 250

/** A schedule that is made, or, from what was read, changed. */
export function useScheduleForm(opened: ReadSchedule | null) {
  // A switch of the clock must not give what is written another meaning.
  const { isUtc } = usePreferences().value
  const read = shallowRef(opened)
  const base = computed(() => read.value && draftOf(read.value.schedule, isUtc))
  const draft = ref<ScheduleDraft>({ ...(base.value ?? newDraft(isUtc ? 'UTC' : ownZone())) })
  const written = computed(() => writeDraft(draft.value, isUtc))
  const conflict = shallowRef<Conflict | null>(null)
  const hasTried = ref(false)

  const request = computed<PreviewRequest | null>(() => {
    const { cron, timezone, starts_at, ends_at } = written.value
      .members as unknown as Required<PreviewRequest>
    return cron.trim() === '' ? null : { cron, timezone, starts_at, ends_at }
  })
  const query = usePreview(refDebounced(request, PAUSE_MILLISECONDS))
  /** The last answer: what is typed next must not make it flicker. */
  const answer = shallowRef<{ preview: Preview | null; wrongs: Wrong[] }>({ preview: null, wrongs: [] })
  watchEffect(() => {
    if (request.value === null) answer.value = { preview: null, wrongs: [] }
    else if (!query.isFetching.value) {
      const error = query.error.value
      answer.value = {
        preview: error ? null : (query.data.value ?? null),
        wrongs: isProblem(error) ? error.errors : [],
      }
    }
  })

  /** What the API refused, and for which draft: a field that is changed since is not wrong any more. */
  const refused = shallowRef<{ wrongs: Wrong[]; draft: ScheduleDraft }>({
    wrongs: [],
    draft: { ...draft.value },
  })
  const isStill = ({ pointer }: Wrong) => {
    const field = fieldOf(pointer)
    return field === undefined || draft.value[field] === refused.value.draft[field]
  }
  const wrongs = computed(() => {
    const found: Partial<Record<DraftField, string[]>> = {}
    const own = written.value.wrongs.filter(({ pointer }) => hasTried.value || !isEmpty(pointer))
    for (const { pointer, detail } of [
      ...own,
      ...answer.value.wrongs,
      ...refused.value.wrongs.filter(isStill),
    ]) {
      const field = fieldOf(pointer)
      if (field !== undefined && !found[field]?.includes(detail))
        found[field] = [...(found[field] ?? []), detail]
    }
    return found
  })
  /** What belongs to no field. */
  const complaints = computed(() =>
    refused.value.wrongs.filter(({ pointer }) => fieldOf(pointer) === undefined).map(({ detail }) => detail),
  )
  const isEmpty = (pointer: string) => {
    const field = fieldOf(pointer)
    return field !== undefined && draft.value[field].trim() === ''
  }

  const { mutateAsync: create, isPending: isCreating } = useCreateSchedule()
  const { mutateAsync: edit, isPending: isEditing } = useEditSchedule()
  const readAgain = useReadSchedule()

  /** The schedule as it is then; null: it was refused, and the fields say why. */
  async function save(): Promise<Schedule | null> {
    hasTried.value = true
    refused.value = { wrongs: [], draft: { ...draft.value } }
    if (written.value.wrongs.length > 0) return null
    try {
      return await send()
    } catch (error) {
      if (!isProblem(error)) throw error
      if (error.status === 412) await meet().catch(refuse)
      else refuse(error)
      return null
    }
  }

  function send(): Promise<Schedule> {
    const { members } = written.value
    if (!read.value || !base.value) return create(members)
    const { schedule, etag } = read.value
    const changes = changesOf(writeDraft(base.value, isUtc).members, members)
    if (Object.keys(changes).length === 0) return Promise.resolve(schedule)
    return edit({ name: schedule.name, etag, changes })
  }

  function refuse(error: unknown) {
    if (!isProblem(error)) throw error
    const pointer = error.code === 'schedule_exists' ? '/name' : ''
    const said = error.errors.length > 0 ? error.errors : [{ pointer, detail: error.message }]
    refused.value = { wrongs: said, draft: { ...draft.value } }
  }

  /** See what somebody else has made of it. */
  async function meet() {
    const [before, was] = [base.value, read.value]
    if (!before || !was) return
    const now = await readAgain(was.schedule.name)
    const after = draftOf(now.schedule, isUtc)
    const mine = differing(draft.value, before)
    const pause =
      now.schedule.paused === was.schedule.paused ? null : now.schedule.paused ? 'paused' : 'resumed'
    const theirs = differing(before, after).map((field) => ({
      field,
      before: before[field],
      after: after[field],
      mine: mine.includes(field) ? draft.value[field] : null,
    }))
    conflict.value = { now, theirs, pause }
  }

  /** Go on from what is there now, with or without what was changed here. */
  function settle(isKept: boolean) {
    if (!conflict.value || !base.value) return
    const now = draftOf(conflict.value.now.schedule, isUtc)
    draft.value = isKept ? carryOver(draft.value, base.value, now) : now
    read.value = conflict.value.now
    conflict.value = null
  }

  const begun = { ...draft.value }
  const isTouched = computed(() => differing(draft.value, begun).length > 0)
  const isSaving = computed(() => isCreating.value || isEditing.value)
  return { draft, wrongs, complaints, answer, conflict, settle, save, isSaving, isTouched, isUtc }
}
