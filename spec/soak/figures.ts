/** What happened, counted. The last five must stay 0. */
export class Figures {
  published = 0
  confirmed = 0
  delivered = 0
  acked = 0
  requeued = 0
  commits = 0
  rollbacks = 0
  /** Dead-lettered, by the reason that the message itself tells. */
  rejected = 0
  expired = 0
  overflowed = 0
  overDelivered = 0
  /** Answers to requests by direct reply-to. */
  replies = 0
  /** Connections that were opened, and left in all manners. */
  visits = 0
  cuts = 0
  httpRequests = 0
  kills = 0
  stops = 0
  freezes = 0
  slowestStartMs = 0
  /** Acknowledged right before a kill, and back after it. */
  cameAgain = 0

  lost = 0
  invented = 0
  disordered = 0
  /** Came again without `redelivered`. */
  unmarked = 0
  complaints = 0
}
