/** The form that makes a user, and may give it all permissions in one virtual host at once. */
import { PasswordInput, Select, TagsInput, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useState } from 'react'
import { route } from '../../api/client'
import { type Action, useAction } from '../../api/hooks'
import { FormModal } from '../../components/form-modal'
import { useVhostNames } from '../../components/vhost-field'

/** What each tag of RabbitMQ's lets its user do in the management API. */
export const knownTags = ['administrator', 'monitoring', 'policymaker', 'management', 'impersonator']

const initialValues = { name: '', password: '' }
const nowhere = { value: ' none', label: 'None yet' } // no virtual host is called so

interface Props {
  readonly onClose: () => void
}

export function CreateUser({ onClose }: Props) {
  const form = useForm({ initialValues })
  const [tags, setTags] = useState<string[]>([])
  const [vhost, setVhost] = useState(nowhere.value)
  const names = useVhostNames()
  const action = useAction({ isQuiet: true })

  const submit = async () => {
    const { name, password } = form.values
    const secret = password === '' ? { password_hash: '' } : { password }
    const actions: Action[] = [
      {
        method: 'PUT',
        path: route('users', name),
        body: { ...secret, tags: tags.join(',') },
        done: `User ${name} created`,
      },
    ]
    const body = { configure: '.*', write: '.*', read: '.*' }
    if (vhost !== nowhere.value)
      actions.push({ method: 'PUT', path: route('permissions', vhost, name), body })
    await action.mutateAsync(actions)
  }

  return (
    <FormModal title="Create user" isOpen onClose={onClose} verb="Create user" onSubmit={submit}>
      <TextInput label="Name" required data-autofocus autoComplete="off" {...form.getInputProps('name')} />
      <PasswordInput
        label="Password"
        description="Without one, the user can only log in with a client certificate"
        autoComplete="new-password"
        visibilityToggleButtonProps={{ 'aria-label': 'Show the password' }}
        {...form.getInputProps('password')}
      />
      <TagsField value={tags} onChange={setTags} />
      <Select
        label="All permissions in"
        description="Finer ones can be set on the user's page"
        data={[nowhere, ...names.map(name => ({ value: name, label: name }))]}
        value={vhost}
        onChange={value => setVhost(value ?? nowhere.value)}
      />
    </FormModal>
  )
}

interface TagsProps {
  readonly value: string[]
  readonly onChange: (tags: string[]) => void
}

export function TagsField({ value, onChange }: TagsProps) {
  return (
    <TagsInput
      label="Tags"
      description="management: sees its own virtual hosts here; policymaker, monitoring, administrator: more"
      data={knownTags}
      value={value}
      onChange={onChange}
      clearable
      clearButtonProps={{ 'aria-label': 'Clear tags' }}
    />
  )
}
