/** How large a node is in the picture, in pixels; the style sheet has the same. */
export const nodeWidth = 210
export const nodeHeight = 72
