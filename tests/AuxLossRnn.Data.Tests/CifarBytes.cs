using System.Formats.Tar;

namespace AuxLossRnn.Data.Tests;

/// <summary>Makes CIFAR-10 files and tar archives, right and wrong ones.</summary>
internal static class CifarBytes
{
    public static readonly string[] Names = [.. Enumerable.Range(1, 5).Select(i => $"data_batch_{i}.bin"), "test_batch.bin"];

    /// <summary>A file of records whose levels are given channel last, as they are read.</summary>
    public static byte[] File(byte[] labels, byte[] pixels)
    {
        byte[] file = new byte[labels.Length * 3073];
        for (int i = 0; i < labels.Length; i++)
        {
            file[i * 3073] = labels[i];
            for (int y = 0; y < 32; y++)
            {
                for (int x = 0; x < 32; x++)
                {
                    for (int channel = 0; channel < 3; channel++)
                    {
                        file[i * 3073 + 1 + channel * 1024 + y * 32 + x] = pixels[((i * 32 + y) * 32 + x) * 3 + channel];
                    }
                }
            }
        }

        return file;
    }

    public static byte[] Tar(params IEnumerable<(string Name, byte[] Content)> entries)
    {
        using var tar = new MemoryStream();
        using (var writer = new TarWriter(tar, TarEntryFormat.Ustar, leaveOpen: true))
        {
            foreach ((string name, byte[] content) in entries)
            {
                writer.WriteEntry(name.EndsWith('/')
                    ? new UstarTarEntry(TarEntryType.Directory, name)
                    : new UstarTarEntry(TarEntryType.RegularFile, name)
                    {
                        DataStream = new MemoryStream(content),
                    });
            }
        }

        return tar.ToArray();
    }

    public static byte[] Gzip(byte[] content) => IdxBytes.Gzip(content);
}
