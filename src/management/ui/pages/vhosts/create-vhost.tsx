/** The form that makes a virtual host. */
import { Switch, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useState } from 'react'
import { route } from '../../api/client'
import { useAction } from '../../api/hooks'
import { FormModal } from '../../components/form-modal'
import { type Metadata, MetadataFields, metadataBody, noMetadata } from './metadata-fields'

interface Props {
  readonly onClose: () => void
}

export function CreateVhost({ onClose }: Props) {
  const form = useForm({ initialValues: { name: '', isProtected: false } })
  const [metadata, setMetadata] = useState<Metadata>(noMetadata)
  const action = useAction({ isQuiet: true })
  const submit = async () => {
    const { name, isProtected } = form.values
    const body = { ...metadataBody(metadata), ...(isProtected && { protected_from_deletion: true }) }
    await action.mutateAsync({
      method: 'PUT',
      path: route('vhosts', name),
      body,
      done: `Virtual host ${name} created`,
    })
  }
  return (
    <FormModal
      title="Create virtual host"
      isOpen
      onClose={onClose}
      verb="Create virtual host"
      onSubmit={submit}
    >
      <TextInput label="Name" required data-autofocus {...form.getInputProps('name')} />
      <MetadataFields value={metadata} onChange={setMetadata} />
      <Switch label="Protected from deletion" {...form.getInputProps('isProtected', { type: 'checkbox' })} />
    </FormModal>
  )
}
