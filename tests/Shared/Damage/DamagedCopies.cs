using AuxLossRnn.Runtime;

namespace AuxLossRnn.Tests;

/// <summary>Damages a file in many ways and sees that its reader says so: with the kit's own refusal, which names the file.</summary>
internal static class DamagedCopies
{
    private const long Floor = 64 << 20;
    private static readonly TimeSpan Hang = TimeSpan.FromSeconds(10);

    /// <summary>Reads damaged copies. What is read without a word may be whole enough; nothing else than a refusal may be thrown.</summary>
    /// <param name="path">The file; it is whole again in the end.</param>
    /// <param name="seed">Of the damage: with the number of the copy it makes one again.</param>
    /// <param name="copies">How many.</param>
    /// <param name="named">What the message must hold: the file's name, or another by which a reader finds it.</param>
    /// <param name="read">Reads the file.</param>
    public static void Refused(string path, int seed, int copies, string named, Action read)
    {
        byte[] whole = File.ReadAllBytes(path);
        read();
        var wrong = new List<string>();
        for (int copy = 0; copy < copies; copy++)
        {
            byte[] damaged = Of(whole, new Random(HashCode(seed, copy)), out string how);
            File.WriteAllBytes(path, damaged);
            if (Outcome(damaged.Length, named, read) is string fault)
            {
                wrong.Add($"copy {copy} ({how}): {fault}");
            }
        }

        File.WriteAllBytes(path, whole);
        Assert.True(wrong.Count == 0, $"{wrong.Count} of {copies} damaged copies of {Path.GetFileName(path)}:\n{string.Join('\n', wrong.Take(5))}");
    }

    private static int HashCode(int seed, int copy) => unchecked(seed * 1_000_003 + copy);

    private static string? Outcome(int length, string named, Action read)
    {
        long allocated = 0;
        Task<Exception?> reading = Task.Run(() =>
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            Exception? thrown = Record.Exception(read);
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            return thrown;
        });
        return !reading.Wait(Hang) ? "it is still being read"
            : allocated > Floor + 10L * length ? $"{allocated:N0} bytes of memory for {length:N0} of the file"
            : reading.Result is null ? null
            : reading.Result is not UserException refusal ? $"{reading.Result}"
            : !refusal.Message.Contains(named, StringComparison.Ordinal) ? $"does not name {named}: {refusal.Message}"
            : refusal.Message.Contains("   at ", StringComparison.Ordinal) || refusal.Message.Contains("Exception", StringComparison.Ordinal) ? $"a trace: {refusal.Message}"
            : null;
    }

    private static byte[] Of(byte[] whole, Random random, out string how)
    {
        List<byte> bytes = [.. whole];
        int from = random.Next(whole.Length);
        int count = Math.Min(whole.Length - from, 1 + random.Next(1 << random.Next(8)));
        int kind = random.Next(9);
        how = $"{new[] { "cut", "emptied", "flipped", "taken out", "repeated", "put in", "blanked", "a length", "a digit" }[kind]} at {from}, {count} long";
        switch (kind)
        {
            case 0:
                bytes.RemoveRange(from, bytes.Count - from);
                break;
            case 1:
                if (random.Next(10) == 0)
                {
                    return [];
                }

                bytes.RemoveRange(0, from);
                break;
            case 2:
                for (int i = 0; i < count; i++)
                {
                    bytes[random.Next(bytes.Count)] ^= (byte)(1 << random.Next(8));
                }

                break;
            case 3:
                bytes.RemoveRange(from, count);
                break;
            case 4:
                bytes.InsertRange(from, bytes.GetRange(from, count));
                break;
            case 5:
                byte[] noise = new byte[count];
                random.NextBytes(noise);
                bytes.InsertRange(from, noise);
                break;
            case 6:
                byte filling = (byte)(random.Next(2) * 255);
                for (int i = 0; i < count; i++)
                {
                    bytes[from + i] = filling;
                }

                break;
            case 7:
                // What may be a length near the beginning, where headers are: large, negative, off by one.
                int at = random.Next(Math.Min(bytes.Count, 128));
                for (int i = 0; i < random.Next(1, 5) && at + i < bytes.Count; i++)
                {
                    bytes[at + i] = (byte)(random.Next(4) switch { 0 => 0x7f, 1 => 0xff, 2 => 0, _ => bytes[at + i] + 1 });
                }

                break;
            default:
                int[] digits = [.. Enumerable.Range(0, bytes.Count).Where(i => bytes[i] is >= (byte)'0' and <= (byte)'9')];
                if (digits.Length > 0)
                {
                    int digit = digits[random.Next(digits.Length)];
                    bytes.RemoveAt(digit);
                    bytes.InsertRange(digit, System.Text.Encoding.ASCII.GetBytes(new[] { "-1", "99999999999", "1e400", "null", "\"\"", "{}", "[]", "0.5", "", "true" }[random.Next(10)]));
                }

                break;
        }

        return [.. bytes];
    }
}
