"""Tables of the domain, one module per aggregate: fields, constraints, cheap properties and querysets; no writes."""

from .buckets import Bucket, BucketProvider
from .datasets import Dataset, DatasetItem
from .machines import AugmentationList, AugmentationSample, Prediction
from .marks import AttributeValue, Label, Segment, SegmentConcept, Tag
from .media import (
    BUCKET_SCHEME,
    Blob,
    Media,
    MediaKind,
    MediaStatus,
    QualityIssue,
    Rendition,
)
from .modeling import ModelingSetup, TargetSource, TargetType
from .people import (
    ApiToken,
    GuessCount,
    Invitation,
    Membership,
    Role,
    SignInLink,
    User,
    Workspace,
    WorkspaceClock,
)
from .projects import ContentType, Project, ProjectClock
from .review import Comment, Issue
from .running import AppliedOp, Event, Job, JobState, Lease, WorkerBeat
from .security import SecurityEvent, Session
from .uploads import Upload, UploadBatch
from .videos import VideoFacts
from .vocabulary import (
    Attribute,
    AttributeBinding,
    AttributeOption,
    Concept,
    KeypointBinding,
    KeypointClass,
    KeypointSchema,
    SkeletonEdge,
    TagGroup,
)

__all__ = [
    "BUCKET_SCHEME", "ApiToken", "AppliedOp", "Attribute", "AttributeBinding", "AttributeOption", "AttributeValue", "AugmentationList", "AugmentationSample", "Blob", "Bucket", "BucketProvider", "Comment", "Concept",
    "ContentType", "Dataset", "DatasetItem", "Event", "GuessCount", "Invitation", "Issue", "Job", "JobState", "KeypointBinding", "KeypointClass",
    "KeypointSchema", "Label", "Lease", "Media", "MediaKind", "MediaStatus", "Membership", "ModelingSetup", "Prediction", "Project", "ProjectClock",
    "QualityIssue", "Rendition", "Role", "SecurityEvent", "Segment", "SegmentConcept", "Session", "SignInLink", "SkeletonEdge", "Tag", "TagGroup", "TargetSource", "TargetType", "Upload", "UploadBatch",
    "User", "VideoFacts", "WorkerBeat", "Workspace", "WorkspaceClock",
]  # fmt: skip
