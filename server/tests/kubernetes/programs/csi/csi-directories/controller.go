package main

import (
	"context"
	"strconv"
	"time"

	"github.com/container-storage-interface/spec/lib/go/csi"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/timestamppb"
)

type controller struct {
	csi.UnimplementedControllerServer
	store  store
	clones bool
}

func (c *controller) ControllerGetCapabilities(context.Context, *csi.ControllerGetCapabilitiesRequest) (*csi.ControllerGetCapabilitiesResponse, error) {
	able := &csi.ControllerGetCapabilitiesResponse{}
	all := []csi.ControllerServiceCapability_RPC_Type{
		csi.ControllerServiceCapability_RPC_CREATE_DELETE_VOLUME,
		csi.ControllerServiceCapability_RPC_CREATE_DELETE_SNAPSHOT,
	}
	if c.clones {
		all = append(all, csi.ControllerServiceCapability_RPC_CLONE_VOLUME)
	}
	for _, what := range all {
		rpc := &csi.ControllerServiceCapability_RPC{Type: what}
		able.Capabilities = append(able.Capabilities, &csi.ControllerServiceCapability{
			Type: &csi.ControllerServiceCapability_Rpc{Rpc: rpc},
		})
	}
	return able, nil
}

func (c *controller) CreateVolume(ctx context.Context, asked *csi.CreateVolumeRequest) (*csi.CreateVolumeResponse, error) {
	source := entry{}
	if volume := asked.GetVolumeContentSource().GetVolume(); volume != nil {
		source = entry{volumes, volume.VolumeId}
	} else if snapshot := asked.GetVolumeContentSource().GetSnapshot(); snapshot != nil {
		source = entry{snapshots, snapshot.SnapshotId}
	}
	size := asked.GetCapacityRange().GetRequiredBytes()
	// The parameter of a storage class whose volumes have at least that many bytes: whoever asks for less gets more.
	if text, ok := asked.Parameters["least"]; ok {
		least, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return nil, status.Errorf(codes.InvalidArgument, "least: %v", err)
		}
		size = max(size, least)
	}
	if source != (entry{}) {
		needed, err := c.store.size(source)
		if err != nil {
			return nil, err
		}
		if size < needed {
			return nil, status.Errorf(codes.OutOfRange, "%d bytes are less than the %d of its source", size, needed)
		}
	}
	if err := c.store.create(ctx, entry{volumes, asked.Name}, source, size); err != nil {
		return nil, err
	}
	return &csi.CreateVolumeResponse{Volume: &csi.Volume{
		VolumeId:      asked.Name,
		CapacityBytes: size,
		ContentSource: asked.VolumeContentSource,
	}}, nil
}

func (c *controller) DeleteVolume(_ context.Context, asked *csi.DeleteVolumeRequest) (*csi.DeleteVolumeResponse, error) {
	return &csi.DeleteVolumeResponse{}, c.store.remove(entry{volumes, asked.VolumeId})
}

func (c *controller) CreateSnapshot(ctx context.Context, asked *csi.CreateSnapshotRequest) (*csi.CreateSnapshotResponse, error) {
	source := entry{volumes, asked.SourceVolumeId}
	size, err := c.store.size(source)
	if err != nil {
		return nil, err
	}
	if err := c.store.create(ctx, entry{snapshots, asked.Name}, source, size); err != nil {
		return nil, err
	}
	return &csi.CreateSnapshotResponse{Snapshot: &csi.Snapshot{
		SnapshotId:     asked.Name,
		SourceVolumeId: asked.SourceVolumeId,
		SizeBytes:      size,
		ReadyToUse:     true,
		CreationTime:   timestamppb.New(time.Now()),
	}}, nil
}

func (c *controller) DeleteSnapshot(_ context.Context, asked *csi.DeleteSnapshotRequest) (*csi.DeleteSnapshotResponse, error) {
	return &csi.DeleteSnapshotResponse{}, c.store.remove(entry{snapshots, asked.SnapshotId})
}
