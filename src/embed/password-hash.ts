/** RabbitMQ's salted hash of a password, for whoever has no broker at hand. */
export { hashPassword as passwordHash } from '../auth/passwords'
