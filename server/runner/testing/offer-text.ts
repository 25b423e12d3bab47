import { offerHead, offerFoot, offerLine, type Offer } from '../../relay/offer';

/** The text of an offer that is there as a whole. */
export function offerText(offer: Offer): string {
  return `${offerHead()}${offer.items.map(offerLine).join('')}${offerFoot(offer)}`;
}
