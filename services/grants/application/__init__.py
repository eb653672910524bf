"""What arrived, who may assess it, dismissal and rejection, contact persons that can be erased."""
