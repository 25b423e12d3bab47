package main

import (
	"context"
	"time"

	"github.com/container-storage-interface/spec/lib/go/csi"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/timestamppb"
)

type controller struct {
	csi.UnimplementedControllerServer
	store store
}

func (c *controller) ControllerGetCapabilities(context.Context, *csi.ControllerGetCapabilitiesRequest) (*csi.ControllerGetCapabilitiesResponse, error) {
	able := &csi.ControllerGetCapabilitiesResponse{}
	for _, what := range []csi.ControllerServiceCapability_RPC_Type{
		csi.ControllerServiceCapability_RPC_CREATE_DELETE_VOLUME,
		csi.ControllerServiceCapability_RPC_CLONE_VOLUME,
		csi.ControllerServiceCapability_RPC_CREATE_DELETE_SNAPSHOT,
	} {
		rpc := &csi.ControllerServiceCapability_RPC{Type: what}
		able.Capabilities = append(able.Capabilities, &csi.ControllerServiceCapability{
			Type: &csi.ControllerServiceCapability_Rpc{Rpc: rpc},
		})
	}
	return able, nil
}

func (c *controller) CreateVolume(_ context.Context, asked *csi.CreateVolumeRequest) (*csi.CreateVolumeResponse, error) {
	source := entry{}
	if volume := asked.GetVolumeContentSource().GetVolume(); volume != nil {
		source = entry{volumes, volume.VolumeId}
	} else if snapshot := asked.GetVolumeContentSource().GetSnapshot(); snapshot != nil {
		source = entry{snapshots, snapshot.SnapshotId}
	}
	size := asked.GetCapacityRange().GetRequiredBytes()
	if source != (entry{}) {
		least, err := c.store.size(source)
		if err != nil {
			return nil, err
		}
		if size < least {
			return nil, status.Errorf(codes.OutOfRange, "%d bytes are less than the %d of its source", size, least)
		}
	}
	if err := c.store.create(entry{volumes, asked.Name}, source, size); err != nil {
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

func (c *controller) CreateSnapshot(_ context.Context, asked *csi.CreateSnapshotRequest) (*csi.CreateSnapshotResponse, error) {
	source := entry{volumes, asked.SourceVolumeId}
	size, err := c.store.size(source)
	if err != nil {
		return nil, err
	}
	if err := c.store.create(entry{snapshots, asked.Name}, source, size); err != nil {
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
