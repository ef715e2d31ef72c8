{{/* Names, labels and images. */}}

{{/*
First part of all names; 35 characters, so that a component and a pool of 20 fit into 63. What is cut ends in a hash: two long
names may begin alike.
*/}}
{{- define "goqueue.fullname" -}}
{{- $chart := default .Chart.Name .Values.nameOverride -}}
{{- $usual := ternary .Release.Name (printf "%s-%s" .Release.Name $chart) (contains $chart .Release.Name) -}}
{{- $name := default $usual .Values.fullnameOverride -}}
{{- if gt (len $name) 35 -}}
{{- printf "%s-%s" ($name | trunc 28 | trimSuffix "-") (sha256sum $name | trunc 6) -}}
{{- else -}}
{{- $name -}}
{{- end -}}
{{- end -}}

{{/* (root, component, pool): name of a component's objects. */}}
{{- define "goqueue.name" -}}
{{- printf "%s-%s" (include "goqueue.fullname" .root) .component -}}
{{- with .pool }}-{{ . }}{{ end -}}
{{- end -}}

{{/* (root, component, pool): what a Deployment and a Service select by; never changes in a release. */}}
{{- define "goqueue.selector" -}}
app.kubernetes.io/name: {{ default .root.Chart.Name .root.Values.nameOverride | trunc 63 | quote }}
app.kubernetes.io/instance: {{ .root.Release.Name | quote }}
app.kubernetes.io/component: {{ .component }}
{{- with .pool }}
goqueue/pool: {{ . | quote }}
{{- end }}
{{- end -}}

{{/* (root, component, pool, labels): labels of an object; what it is selected by cannot be replaced. */}}
{{- define "goqueue.labels" -}}
{{- $own := dict
  "app.kubernetes.io/part-of" "goqueue"
  "app.kubernetes.io/version" .root.Chart.AppVersion
  "app.kubernetes.io/managed-by" .root.Release.Service
  "helm.sh/chart" (printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" | trunc 63)
-}}
{{- merge (dict) (include "goqueue.selector" . | fromYaml) (default (dict) .labels) (default (dict) .root.Values.commonLabels) $own | toYaml -}}
{{- end -}}

{{/* (root, component, pool, suffix, labels, annotations): metadata of an object. */}}
{{- define "goqueue.metadata" -}}
name: {{ printf "%s%s" (include "goqueue.name" .) (empty .suffix | ternary "" (printf "-%s" .suffix)) | quote }}
namespace: {{ .root.Release.Namespace | quote }}
labels:
  {{- include "goqueue.labels" . | nindent 2 }}
{{- with merge (dict) (default (dict) .annotations) (default (dict) .root.Values.commonAnnotations) }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* (root, image): registry/repository:tag, or @digest. A repository that names its registry keeps it. */}}
{{- define "goqueue.image" -}}
{{- $repository := required "an image has no repository: leave image.repository as it was" .image.repository -}}
{{- $hasRegistry := regexMatch "^([^/]*[.:][^/]*|localhost)/" $repository -}}
{{- if and .root.Values.image.registry (not $hasRegistry) }}{{ .root.Values.image.registry | trimSuffix "/" }}/{{ end -}}
{{- $repository -}}
{{- if .image.digest -}}
@{{ .image.digest }}
{{- else -}}
:{{ .image.tag | default .root.Values.image.tag | default .root.Chart.AppVersion }}
{{- end -}}
{{- end -}}

{{- define "goqueue.serviceAccount" -}}
{{- .Values.serviceAccount.name | default (ternary (include "goqueue.fullname" .) "default" .Values.serviceAccount.create) -}}
{{- end -}}

{{/* (root, component): host of a component's Service, in full: nginx knows no search domains. */}}
{{- define "goqueue.host" -}}
{{- include "goqueue.name" . }}.{{ .root.Release.Namespace }}.svc.{{ .root.Values.clusterDomain -}}
{{- end -}}

{{- define "goqueue.apiUrl" -}}
http://{{ include "goqueue.host" (dict "root" . "component" "api") }}:{{ .Values.api.service.port }}
{{- end -}}

{{/* Each pool with what it does not say itself taken from `worker`: a map by name, as YAML. */}}
{{- define "goqueue.pools" -}}
{{- $usual := omit .Values.worker "pools" -}}
{{- range $name, $pool := .Values.worker.pools }}
{{- if not (kindIs "invalid" $pool) }}
{{ $name | quote }}:
  {{- $merged := mustMergeOverwrite (deepCopy $usual) (deepCopy $pool) }}
  {{- $image := default (dict) $pool.image }}
  {{- if and (or $image.repository $image.tag) (not $image.digest) }}
  {{- /* That of the usual image is of another one. */}}
  {{- $_ := set $merged.image "digest" "" }}
  {{- end }}
  {{- toYaml $merged | nindent 2 }}
{{- end }}
{{- end }}
{{- end -}}
