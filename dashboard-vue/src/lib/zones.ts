/** Time zones that this browser knows, by name, and UTC, which some leave out. */
export const timeZones = (): string[] => [...new Set(['UTC', ...Intl.supportedValuesOf('timeZone')])]

/** The one that this browser shows times in. */
export const ownZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone
