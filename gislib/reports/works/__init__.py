"""Works package of a plan: the same devices, with the same ids, as files for GIS, CAD, phones and paper."""
