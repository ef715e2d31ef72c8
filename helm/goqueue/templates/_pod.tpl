{{/* One pod for every component. */}}

{{/* Of every container; nothing in one of ours is written but what is mounted. */}}
{{- define "goqueue.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end -}}

{{/* (root, uid, fsGroup): of every pod. */}}
{{- define "goqueue.podSecurity" -}}
runAsNonRoot: true
{{- if .root.Values.podSecurityContext.fixedUsers }}
runAsUser: {{ .uid }}
runAsGroup: {{ .uid }}
{{- if not (kindIs "invalid" .fsGroup) }}
fsGroup: {{ int .fsGroup }}
fsGroupChangePolicy: OnRootMismatch
{{- end }}
{{- end }}
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{/*
The template of a pod.
root, component, pool: see goqueue.name. values: of the component (image, resources, extra..., nodeSelector and so on).
uid: of its processes. env: of its container, YAML. ports: {name: number}. probes: YAML. preStop: seconds, or 0.
volumes, mounts: YAML lists. waits: whether it starts only when the database is up to date. grace: seconds.
command, args: in place of the image's. restartPolicy: of a Job.
*/}}
{{- define "goqueue.pod" -}}
{{- $root := .root -}}
{{- $values := .values -}}
{{- $annotations := dict "kubectl.kubernetes.io/default-container" .component -}}
{{- if include "goqueue.ownsSecret" $root -}}
{{- $_ := set $annotations "checksum/secret" (include "goqueue.secretChecksum" $root) -}}
{{- end -}}
metadata:
  labels:
    {{- include "goqueue.labels" (dict "root" $root "component" .component "pool" .pool "labels" $values.podLabels) | nindent 4 }}
  annotations:
    {{- merge (dict) (default (dict) $values.podAnnotations) (default (dict) $root.Values.commonAnnotations) $annotations | toYaml | nindent 4 }}
spec:
  serviceAccountName: {{ include "goqueue.serviceAccount" $root | quote }}
  automountServiceAccountToken: false
  enableServiceLinks: false
  {{- with .restartPolicy }}
  restartPolicy: {{ . }}
  {{- end }}
  {{- with $root.Values.image.pullSecrets }}
  imagePullSecrets:
    {{- range . }}
    - name: {{ . | quote }}
    {{- end }}
  {{- end }}
  securityContext:
    {{- include "goqueue.podSecurity" (dict "root" $root "uid" .uid "fsGroup" $root.Values.podSecurityContext.fsGroup) | nindent 4 }}
  terminationGracePeriodSeconds: {{ int (default 30 .grace) }}
  {{- with $values.priorityClassName }}
  priorityClassName: {{ . | quote }}
  {{- end }}
  {{- if .waits }}
  initContainers:
    - name: wait-for-migrations
      image: {{ include "goqueue.image" (dict "root" $root "image" $values.image) }}
      imagePullPolicy: {{ $root.Values.image.pullPolicy }}
      command: [python, -m, goqueue_common.migrations, wait, --timeout, {{ $root.Values.migrations.waitSeconds | quote }}]
      env:
        {{- $database := include "goqueue.env.database" (dict "root" $root) }}
        {{- include "goqueue.env" (dict "root" $root "values" $values "env" $database) | nindent 8 }}
      {{- with concat (default (list) $root.Values.extraEnvFrom) (default (list) $values.extraEnvFrom) }}
      envFrom:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      resources:
        {{- include "goqueue.resources" $values.resources | nindent 8 }}
      securityContext:
        {{- include "goqueue.containerSecurity" $root | nindent 8 }}
      volumeMounts:
        - name: tmp
          mountPath: /tmp
        {{- with $values.extraVolumeMounts }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
  {{- end }}
  containers:
    - name: {{ .component }}
      image: {{ include "goqueue.image" (dict "root" $root "image" $values.image) }}
      imagePullPolicy: {{ $root.Values.image.pullPolicy }}
      {{- with .command }}
      command:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      env:
        {{- include "goqueue.env" (dict "root" $root "values" $values "env" .env) | nindent 8 }}
      {{- with concat (default (list) $root.Values.extraEnvFrom) (default (list) $values.extraEnvFrom) }}
      envFrom:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with .ports }}
      ports:
        {{- range $name, $port := . }}
        - name: {{ $name }}
          containerPort: {{ $port }}
          protocol: TCP
        {{- end }}
      {{- end }}
      {{- with .probes }}
      {{- . | nindent 6 }}
      {{- end }}
      {{- if .preStop }}
      lifecycle:
        preStop:
          exec:
            command: [sleep, {{ .preStop | quote }}]
      {{- end }}
      resources:
        {{- include "goqueue.resources" $values.resources | nindent 8 }}
      securityContext:
        {{- include "goqueue.containerSecurity" $root | nindent 8 }}
      volumeMounts:
        - name: tmp
          mountPath: /tmp
        {{- with .mounts }}
        {{- . | nindent 8 }}
        {{- end }}
        {{- with $values.extraVolumeMounts }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
    {{- with $values.extraContainers }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  volumes:
    - name: tmp
      emptyDir: {}
    {{- with .volumes }}
    {{- . | nindent 4 }}
    {{- end }}
    {{- with $values.extraVolumes }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- with $values.nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $values.tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- $selector := include "goqueue.selector" (dict "root" $root "component" .component "pool" .pool) | fromYaml }}
  affinity:
    {{- if $values.affinity }}
    {{- toYaml $values.affinity | nindent 4 }}
    {{- else }}
    podAntiAffinity:
      preferredDuringSchedulingIgnoredDuringExecution:
        - weight: 100
          podAffinityTerm:
            topologyKey: kubernetes.io/hostname
            labelSelector:
              matchLabels:
                {{- toYaml $selector | nindent 16 }}
    {{- end }}
  {{- with $values.topologySpreadConstraints }}
  topologySpreadConstraints:
    {{- range . }}
    {{- $usual := ternary (dict) (dict "labelSelector" (dict "matchLabels" $selector)) (hasKey . "labelSelector") }}
    - {{ merge (dict) . $usual | toYaml | nindent 6 | trim }}
    {{- end }}
  {{- end }}
{{- end -}}

{{/* Requests and limits; null takes one of the usual ones away. */}}
{{- define "goqueue.resources" -}}
{{- $found := dict -}}
{{- range $kind, $amounts := . -}}
{{- if kindIs "map" $amounts -}}
{{- range $name, $amount := $amounts -}}
{{- if not (kindIs "invalid" $amount) }}{{ $_ := set $found $kind (merge (dict $name $amount) (dig $kind (dict) $found)) }}{{ end -}}
{{- end -}}
{{- else if $amounts -}}
{{- $_ := set $found $kind $amounts -}}
{{- end -}}
{{- end -}}
{{- toYaml $found -}}
{{- end -}}

{{/* (path, port, period, failures): an HTTP probe. */}}
{{- define "goqueue.probe" -}}
httpGet:
  path: {{ .path }}
  port: {{ .port }}
periodSeconds: {{ .period }}
timeoutSeconds: 5
failureThreshold: {{ .failures }}
{{- end -}}
