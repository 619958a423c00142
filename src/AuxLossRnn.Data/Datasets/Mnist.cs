using AuxLossRnn.Runtime;
using AuxLossRnn.Sequences;

namespace AuxLossRnn.Data;

/// <summary>MNIST: 28×28 grey handwritten digits, 60,000 to train and 10,000 to test, from the distributor's four files.</summary>
public static class Mnist
{
    /// <summary>Reads the training images.</summary>
    /// <param name="root">Where the folder <c>mnist</c> lies.</param>
    /// <exception cref="UserException">The files are missing or malformed.</exception>
    public static ByteImages Train(DataRoot root) => Read(root, "train");

    /// <summary>Reads the test images.</summary>
    /// <param name="root">Where the folder <c>mnist</c> lies.</param>
    /// <exception cref="UserException">The files are missing or malformed.</exception>
    public static ByteImages Test(DataRoot root) => Read(root, "t10k");

    private static ByteImages Read(DataRoot root, string split) =>
        IdxFile.Read(Find(root, $"{split}-images-idx3-ubyte"), Find(root, $"{split}-labels-idx1-ubyte"));

    private static string Find(DataRoot root, string name)
    {
        // The gzipped file comes first: it is the one that the fetch command has verified.
        string plain = root.PathOf($"mnist/{name}");
        string gzipped = plain + ".gz";
        return File.Exists(gzipped) ? gzipped
            : File.Exists(plain) ? plain
            : throw new UserException(
                $"MNIST is incomplete: there is neither '{gzipped}' nor the same without .gz. Fetch it with "
                + "`auxloss data fetch mnist`, or name the folder that has mnist/ in it with ‹DataRoot› or the environment "
                + $"variable {DataRoot.EnvironmentVariable}. `‹Dataset=stroke-digits›` needs no file.");
    }
}
