"""The audit: rules over what states and cluster hold, as reports. Pure; `delivery/world` reads."""
