/** The dialogs that set what a user may do in a virtual host, and with which topics. */
import { Autocomplete, Select, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { route } from '../api/client'
import { useAction, useLive } from '../api/hooks'
import type { Exchange, Permission, TopicPermission, User } from '../api/types'
import { inVhost } from '../api/vhost'
import { FormModal } from './form-modal'
import { useVhostNames } from './vhost-field'

interface Props<T> {
  /** Parts given are fixed; the others are asked for. */
  readonly user: string | undefined
  readonly vhost: string | undefined
  readonly present: T | undefined
  readonly onClose: () => void
}

export function PermissionDialog({ user, vhost, present, onClose }: Props<Permission>) {
  const form = useForm({
    initialValues: {
      user: user ?? '',
      vhost: vhost ?? '',
      configure: present?.configure ?? '.*',
      write: present?.write ?? '.*',
      read: present?.read ?? '.*',
    },
  })
  const action = useAction({ isQuiet: true })
  const submit = () => {
    const { user: who, vhost: where, ...body } = form.values
    const done = `Permissions of ${who} in ${where} set`
    return action.mutateAsync({ method: 'PUT', path: route('permissions', where, who), body, done })
  }
  return (
    <FormModal title="Set permissions" isOpen onClose={onClose} verb="Set permissions" onSubmit={submit}>
      {user === undefined && <UserSelect {...form.getInputProps('user')} />}
      {vhost === undefined && <VhostSelect {...form.getInputProps('vhost')} />}
      <TextInput
        label="Configure"
        description="Names it may declare and delete: a regular expression; nothing is none"
        {...form.getInputProps('configure')}
      />
      <TextInput
        label="Write"
        description="Names it may publish and bind to"
        {...form.getInputProps('write')}
      />
      <TextInput
        label="Read"
        description="Names it may consume and bind from"
        {...form.getInputProps('read')}
      />
    </FormModal>
  )
}

export function TopicPermissionDialog({ user, vhost, present, onClose }: Props<TopicPermission>) {
  const form = useForm({
    initialValues: {
      user: user ?? '',
      vhost: vhost ?? '',
      exchange: present?.exchange ?? 'amq.topic',
      write: present?.write ?? '.*',
      read: present?.read ?? '.*',
    },
  })
  const where = form.values.vhost
  const { data } = useLive<readonly Exchange[]>(where === '' ? undefined : inVhost('exchanges', where))
  const topics = (data ?? []).filter(({ type }) => type === 'topic').map(({ name }) => name)
  const action = useAction({ isQuiet: true })
  const submit = () => {
    const { user: who, vhost: _, ...body } = form.values
    const done = `Topic permissions of ${who} in ${where} set`
    return action.mutateAsync({ method: 'PUT', path: route('topic-permissions', where, who), body, done })
  }
  return (
    <FormModal
      title="Set topic permissions"
      isOpen
      onClose={onClose}
      verb="Set topic permissions"
      onSubmit={submit}
    >
      {user === undefined && <UserSelect {...form.getInputProps('user')} />}
      {vhost === undefined && <VhostSelect {...form.getInputProps('vhost')} />}
      <Autocomplete label="Topic exchange" required data={topics} {...form.getInputProps('exchange')} />
      <TextInput
        label="Write"
        description="Routing keys it may publish with: a regular expression"
        {...form.getInputProps('write')}
      />
      <TextInput label="Read" description="Routing keys it may bind with" {...form.getInputProps('read')} />
    </FormModal>
  )
}

type FieldProps = Record<string, unknown>

function VhostSelect(props: FieldProps) {
  return <Select label="Virtual host" required searchable data={useVhostNames()} {...props} />
}

function UserSelect(props: FieldProps) {
  const { data } = useLive<readonly User[]>('/users')
  return <Select label="User" required searchable data={(data ?? []).map(({ name }) => name)} {...props} />
}
