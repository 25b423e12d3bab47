// Command csi-directories is a CSI driver whose volumes and snapshots are directories of this machine, for tests. It has
// the controller's side only: the tests' kubelet mounts a volume by its handle, which is the directory's name.
package main

import (
	"flag"
	"log"
	"net"
	"os"

	"github.com/container-storage-interface/spec/lib/go/csi"
	"google.golang.org/grpc"
)

func main() {
	socket := flag.String("socket", "", "the Unix socket to listen on")
	root := flag.String("root", "", "the folder of volumes and snapshots")
	name := flag.String("name", "", "of the driver, as storage classes have it")
	clones := flag.Bool("clones", true, "whether it makes a volume of another one, without a snapshot of it")
	hold := flag.String("hold", "", "a file: as long as it is there, nothing is copied")
	flag.Parse()
	for _, folder := range []string{volumes, snapshots} {
		if err := os.MkdirAll(*root+"/"+folder, 0o755); err != nil {
			log.Fatal(err)
		}
	}
	listener, err := net.Listen("unix", *socket)
	if err != nil {
		log.Fatal(err)
	}
	server := grpc.NewServer()
	csi.RegisterIdentityServer(server, &identity{name: *name})
	csi.RegisterControllerServer(server, &controller{
		store:  store{root: *root, hold: *hold},
		clones: *clones,
	})
	log.Fatal(server.Serve(listener))
}
