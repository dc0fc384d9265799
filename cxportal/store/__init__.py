"""The store screen: what a clerk has to do now, and taps that count once however often they are sent."""
